/** GET …/@content of a File or an Image: what is to be known of its bytes. */
export interface ContentMessage {
  /** Where they are published: "/pictures/tree.png". */
  readonly address: string;
  readonly bytes: number;
  /** `null`: nothing was uploaded yet. */
  readonly contentType: string | null;
  /** The type in words: "PNG image". */
  readonly words: string;
  /** Whether a browser shows them; it saves them otherwise. */
  readonly isShown: boolean;
  readonly isImage: boolean;
  /** Of images whose size could be read. */
  readonly pixels: { readonly width: number; readonly height: number } | null;
}
