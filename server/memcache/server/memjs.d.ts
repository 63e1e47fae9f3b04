declare module 'memjs' {
  interface Server<Response> {
    readonly host: string;
    readonly port: number;
    readonly wakeupAt: number | undefined;
    onResponse(seq: number, callback: (response: Response) => void): void;
    onError(seq: number, callback: (error: Error) => void): void;
    write(request: Buffer): void;
    close(): void;
  }

  interface Options {
    readonly retries: number;
    readonly failover: boolean;
    readonly logger: { log(...what: readonly unknown[]): void };
  }

  class Client<Response> {
    constructor(servers: readonly Server<Response>[], options: Options);
    seq: number;
    incrSeq(): void;
    perform(key: string, request: Buffer, seq: number, callback: Callback<Response>): void;
    get(key: string): Promise<{ readonly value: Buffer | null }>;
    close(): void;
    static create(servers: string, options: Options): Client<unknown>;
  }

  type Callback<Response> = (error: Error | null, response: Response) => void;

  const memjs: { readonly Client: typeof Client };
  export default memjs;
}
