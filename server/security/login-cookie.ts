/** What a request says about cookies. */
interface Carrying {
  readonly cookies: ReadonlyMap<string, string>;
  readonly acceptsSecureCookies: boolean;
  /** Some browsers send them back, and Safari does not. */
  readonly mayDropSecureCookies: boolean;
}

/** A login that came under the name that all installations shared before it had a mark. */
interface Former {
  readonly name: string;
  readonly token: string;
}

const FORMER_NAME = 'trellis';

/**
 * The cookie that carries a login. With `__Host-` no other host and no path below can set it. Where browsers may drop what is
 * Secure, a plain twin goes out beside it until the browser has shown that it sends the Secure one back.
 */
export class LoginCookie {
  readonly #name: string;
  readonly #isLogin: (token: string) => Promise<boolean>;

  constructor(mark: string, isLogin: (token: string) => Promise<boolean>) {
    this.#name = `trellis_${mark}`;
    this.#isLogin = isLogin;
  }

  /** The token that a request carries, if any. */
  async tokenIn(carrying: Carrying): Promise<string | undefined> {
    return (await this.tokensIn(carrying))[0];
  }

  /** All of them, the one that counts first. */
  async tokensIn(carrying: Carrying): Promise<readonly string[]> {
    const { cookies } = carrying;
    const names = [this.#nameFor(carrying), ...this.#twinFor(carrying)];
    const former = await this.#formerIn(carrying);
    const tokens = [...names.map((name) => cookies.get(name)), former?.token];
    const all = [...new Set(tokens)].filter((token) => token !== undefined);
    if (all.length < 2) return all;
    const isLogin = await Promise.all(all.map((token) => this.#isLogin(token)));
    return [...all.filter((_, index) => isLogin[index]), ...all.filter((_, index) => !isLogin[index])];
  }

  /**
   * The Set-Cookie lines that give a browser its login, or take it away; what is left under the former name goes too. To be
   * asked for before the login that the browser came with is ended.
   */
  async lines(token: string | undefined, carrying: Carrying): Promise<readonly string[]> {
    const former = await this.#formerIn(carrying);
    const own = line(this.#nameFor(carrying), token, carrying.acceptsSecureCookies);
    const lines = [own, ...this.#twinLines(token, carrying, former)];
    return former === undefined ? lines : [...lines, line(former.name, undefined, former.name !== FORMER_NAME)];
  }

  /**
   * The lines for who comes with a login under the former name: it goes on under the new one; and for who sends the Secure
   * one: there is no need of its twin.
   */
  async linesAgain(carrying: Carrying): Promise<readonly string[]> {
    const former = await this.#formerIn(carrying);
    if (former !== undefined) return this.lines(await this.tokenIn(carrying), carrying);
    return carrying.cookies.has(this.#nameFor(carrying)) ? this.#twinLines(undefined, carrying) : [];
  }

  #twinLines(token: string | undefined, carrying: Carrying, former?: Former): readonly string[] {
    const { cookies } = carrying;
    const sendsSecure = cookies.has(this.#nameFor(carrying)) || former?.name === hostOnly(FORMER_NAME);
    const isNeeded = token !== undefined && !sendsSecure;
    const names = this.#twinFor(carrying).filter((name) => isNeeded || cookies.has(name));
    return names.map((name) => line(name, isNeeded ? token : undefined, false));
  }

  #twinFor({ acceptsSecureCookies, mayDropSecureCookies }: Carrying): readonly string[] {
    return acceptsSecureCookies && mayDropSecureCookies ? [this.#name] : [];
  }

  /** Other installations still use that name: only a login of ours counts. */
  async #formerIn({ cookies, acceptsSecureCookies }: Carrying): Promise<Former | undefined> {
    // Where `__Host-` is to be had, a cookie without it may have been set by another host.
    for (const name of acceptsSecureCookies ? [hostOnly(FORMER_NAME)] : [hostOnly(FORMER_NAME), FORMER_NAME]) {
      const token = cookies.get(name);
      if (token !== undefined && (await this.#isLogin(token))) return { name, token };
    }
    return undefined;
  }

  #nameFor({ acceptsSecureCookies }: Carrying): string {
    return acceptsSecureCookies ? hostOnly(this.#name) : this.#name;
  }
}

function hostOnly(name: string): string {
  return `__Host-${name}`;
}

function line(name: string, token: string | undefined, isSecure: boolean): string {
  const flags = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  return `${name}=${token ?? ''}; ${flags}${token === undefined ? '; Max-Age=0' : ''}`;
}
