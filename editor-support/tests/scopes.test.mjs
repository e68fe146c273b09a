// The scopes of each construct, in each dialect: scopes/, whose README says how they are written.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { has_scope, project, tokenize } from './tokenizer.mjs';

const folder = `${project}editor-support/tests/scopes`;

// [{title, lines: [{code, expected: [{text, scopes, line}]}]}]
function read_cases(path) {
  const cases = [];
  let current;
  const begin = () => cases.push((current = { title: '', lines: [] }));
  begin();
  readFileSync(path, 'utf8')
    .split('\n')
    .forEach((line, index) => {
      if (line === '---') begin();
      else if (line.startsWith('| ')) current.lines.push({ code: line.slice(2), expected: [] });
      else if (line.includes(' :: ')) {
        const separator = line.indexOf(' :: ');
        const expected = { text: line.slice(0, separator), scopes: line.slice(separator + 4).split(' ') };
        current.lines.at(-1).expected.push({ ...expected, line: index + 1 });
      } else if (line.startsWith('# ') && current.lines.length === 0) current.title = line.slice(2);
      else if (line !== '') throw new Error(`${path}:${index + 1}: neither code nor a token with its scopes`);
    });
  return cases;
}

function complaint(token, { scopes }) {
  for (const wanted of scopes) {
    if (wanted === '-') {
      if (token.scopes.some((scope) => !scope.startsWith('meta.'))) return 'no scope';
    } else if (wanted.startsWith('!')) {
      if (has_scope(token, wanted.slice(1))) return `not ${wanted.slice(1)}`;
    } else if (!has_scope(token, wanted)) return wanted;
  }
  return undefined;
}

for (const name of readdirSync(folder).filter((file) => file.endsWith('.txt'))) {
  for (const { title, lines } of read_cases(`${folder}/${name}`)) {
    test(`${name}: ${title}`, () => {
      const tokenized = tokenize(lines.map(({ code }) => code).join('\n'));
      lines.forEach(({ code, expected }, index) => {
        let rest = tokenized[index];
        for (const wanted of expected) {
          const where = `${name}:${wanted.line}: \`${wanted.text}\` in \`${code}\``;
          // A token that no pattern takes is one with the blanks round it.
          const plain = wanted.scopes[0] === '-';
          const at = rest.findIndex(({ text }) => (plain ? text.trim() : text) === wanted.text);
          assert.ok(at >= 0, `${where} is no token; there are ${rest.map(({ text }) => JSON.stringify(text))}`);
          const missing = complaint(rest[at], wanted);
          assert.equal(missing, undefined, `${where} should have ${missing}, has ${rest[at].scopes.join(' ')}`);
          rest = rest.slice(at + 1);
        }
      });
    });
  }
}
