/**
 * Refuses to assign to objects of a class, also where code that is not strict would not hear of it: what is assigned
 * would be lost. No object pays for it, because a property that the class does not have is looked for behind its prototype.
 */
export function refuseAssignments(prototype: object, sentence: (name: string) => string): void {
  const refuse = (name: string | symbol): never => {
    throw new TypeError(sentence(String(name)));
  };
  for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (get !== undefined)
      Object.defineProperty(prototype, name, {
        set: () => {
          refuse(name);
        },
      });
    else if (name !== 'constructor') Object.defineProperty(prototype, name, { writable: false });
  }
  Object.setPrototypeOf(prototype, new Proxy({}, { set: (_, name) => refuse(name) }));
}
