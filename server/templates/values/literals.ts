import { Tokenizer } from 'liquidjs';
import { decimalOf, numberFrom } from './numbers.ts';

const { readNumber } = Tokenizer.prototype;

/** A number in a template is what is written there. The engine takes the nearest binary fraction, for more than 15 digits another one. */
Tokenizer.prototype.readNumber = function (this: Tokenizer) {
  const token = readNumber.call(this);
  if (token !== undefined) token.content = numberFrom(decimalOf(token.getText())) as number;
  return token;
};
