import Database from 'better-sqlite3';

// Another program in the middle of a transaction on the file that it is given, until it is told something or killed.
const [file = '', does = 'write'] = process.argv.slice(2);
const database = new Database(file, { timeout: 30_000 });
database.exec(does === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN');
if (does === 'write') database.exec("INSERT INTO entries (name, key, value) VALUES ('lock', 'held', 'true')");
else database.prepare('SELECT count(*) FROM entries').get();
console.log('began');
process.stdin.once('data', () => {
  database.exec('ROLLBACK');
  database.close();
  process.exit();
});
