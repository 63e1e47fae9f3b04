import { NotSignedIn } from '../base/errors.ts';
import type { Throttle } from './throttle.ts';
import type { User, Users } from './users.ts';

/** What somebody says to be let in, and from where. */
export interface GivenCredentials {
  readonly name: string;
  readonly password: string;
  readonly address: string;
}

/** Checks a name and a password, slowed down by the throttle: the one way to both kinds of signing in. */
export class Credentials {
  readonly #users: Users;
  readonly #throttle: Throttle;

  constructor(users: Users, throttle: Throttle) {
    this.#users = users;
    this.#throttle = throttle;
  }

  /** The user; NotSignedIn where name and password do not belong together, TooManyRequests where it is too soon. */
  async check({ name, password, address }: GivenCredentials): Promise<User> {
    using attempt = await this.#throttle.attempt(name, address);
    const user = await this.#users.verify(name, password, () => attempt.begin());
    if (user === undefined) {
      await attempt.failed();
      throw new NotSignedIn('Wrong name or password.');
    }
    await attempt.succeeded();
    return user;
  }
}
