// Runs where the rest of the package cannot even be read, and says why.
const { name, engines } = require('../package.json');

const needed = engines.node.match(/\d+/g).map(Number);
const own = process.versions.node.split('.').map(Number);
if (own[0] < needed[0] || (own[0] === needed[0] && own[1] < needed[1])) {
  throw new Error(`${name} needs Node ${needed.join('.')} or newer; this is Node ${process.versions.node}.`);
}
