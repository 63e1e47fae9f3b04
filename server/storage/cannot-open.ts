/** A storage, or what belongs to it, cannot be used; the message is one sentence for whoever starts the server. */
export class CannotOpen extends Error {
  override readonly name = 'CannotOpen';
}
