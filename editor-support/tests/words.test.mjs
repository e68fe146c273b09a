// Every word of the table is coloured, in every dialect, as what it is.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { roles_of_words, steps_of, table } from './language.mjs';
import { has_scope, project, tokenize } from './tokenizer.mjs';

const template = JSON.parse(readFileSync(`${project}editor-support/templates/sop.tmLanguage.json.in`, 'utf8'));

test('every keyword is coloured by its role', () => {
  const roles = [...roles_of_words()];
  const lines = tokenize(steps_of(roles.map(([word]) => `    ${word}`))).slice(2);
  roles.forEach(([word, its_roles], index) => {
    const token = lines[index].at(-1);
    assert.equal(token.text, word);
    assert.ok(
      its_roles.some((role) => has_scope(token, template.scopes_of_roles[role])),
      `${word} (${its_roles}) has ${token.scopes.join(' ')}`,
    );
  });
});

test('every unit is coloured behind its number, touching it and apart', () => {
  for (const dialect of table.dialects) {
    for (const form of table.units.flatMap(({ words }) => words[dialect])) {
      const touches = dialect !== 'en' || form.length === 1;
      const [line] = tokenize(steps_of([touches ? `2${form}` : `2 ${form}`])).slice(2);
      assert.equal(line.at(-1).text, touches ? `2${form}` : form);
      // `years` is a keyword as well.
      assert.ok(has_scope(line.at(-1), touches ? 'constant.numeric.duration' : 'keyword.other'), form);
    }
  }
});

test('every field is coloured behind its dot, and what has fields before it', () => {
  for (const { stands_first, words } of table.fields) {
    for (const word of Object.values(words)) {
      const [line] = tokenize(steps_of([`"{a.${word}} {${word}.a}"`])).slice(2);
      const tokens = line.filter(({ text }) => text === word);
      assert.equal(tokens.length, stands_first ? 2 : tokens.length);
      assert.ok(has_scope(tokens[0], 'support.variable.property'), word);
      if (stands_first) assert.ok(has_scope(tokens[1], 'variable.language'), word);
    }
  }
});

test('no keyword that is part of a name is coloured', () => {
  const words = [...roles_of_words().keys()];
  // 龘 is a letter of which no word is made.
  for (const name_of of [(word) => `龘${word}`, (word) => `${word}龘`, (word) => `${word}_1`]) {
    tokenize(steps_of(words.map((word) => `    ${name_of(word)}`)))
      .slice(2, words.length + 2)
      .forEach((line, index) =>
        assert.deepEqual(
          line.flatMap(({ scopes }) => scopes),
          [],
          name_of(words[index]),
        ),
      );
  }
});
