// Every playbook in the repository, word by word: coloured as what the compiler takes it for.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { name_in_project, playbooks, read_by_the_compiler } from './language.mjs';
import { has_scope, tokenize } from './tokenizer.mjs';

const words = ['keyword', 'support.function', 'support.constant', 'constant.language', 'variable.language'];
const wanted = {
  keyword: words,
  field: ['variable.language', 'support.variable'],
  number: ['constant.numeric'],
  unit: ['keyword.other'],
  duration: ['constant.numeric.duration'],
  ordinal: ['constant.numeric.ordinal'],
  dialect: ['constant.other.dialect'],
};

test('there are playbooks to look at', () => assert.ok(playbooks().length > 5));

for (const path of playbooks()) {
  test(name_in_project(path), () => {
    const lines = tokenize(readFileSync(path, 'utf8'));
    lines.forEach((tokens, index) =>
      tokens.forEach((token) =>
        assert.ok(!has_scope(token, 'invalid'), `${name_in_project(path)}:${index + 1}: ${token.text}`),
      ),
    );
    const read = read_by_the_compiler(path);
    assert.ok(read.some(({ role }) => role === 'keyword'));
    for (const { text, role, line, begin } of read) {
      const token = lines[line].findLast((one) => one.begin <= begin);
      const where = `${name_in_project(path)}:${line + 1}: \`${text}\`, a ${role}, has ${token.scopes.join(' ') || 'no scope'}`;
      const has = (scopes) => scopes.some((scope) => has_scope(token, scope));
      if (role === 'name') assert.ok(!has(words), where);
      else assert.ok(has(wanted[role]), where);
    }
  });
}
