// What the language says of itself, through the program editor_words.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { project } from './tokenizer.mjs';

const program = process.env.EDITOR_WORDS ?? `${project}build/editor-support/editor_words`;
const ask = (...words) => JSON.parse(execFileSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 28 }));

export const table = ask();

// Every spelling of a keyword, with the roles it has: `tag` declares and acts.
export function roles_of_words() {
  const roles = new Map();
  for (const { role, words } of table.keywords) {
    for (const word of Object.values(words)) roles.set(word, [...(roles.get(word) ?? []), role]);
  }
  return roles;
}

// A playbook in whose steps each of the words has a line of its own, from the third line on.
export const steps_of = (words) => ['playbook x {', '  y: every day at 08:00 {', ...words, '  }', '}', ''].join('\n');

// What the reader takes the words of a file for, as {text, role, line, begin}; lines from 0, `begin` in UTF-16 units
// of the line.
export function read_by_the_compiler(path) {
  const bytes = readFileSync(path);
  return ask('tokens', path).map(({ begin, text, role }) => {
    const lines = bytes.subarray(0, begin).toString('utf8').split('\n');
    return { text, role, line: lines.length - 1, begin: lines.at(-1).length };
  });
}

// Every playbook there is that has no mistakes.
export function playbooks() {
  const folders = ['examples', 'stdlib', 'tests/golden/format', 'tests/golden/plan', 'editor-support/tests/playbooks'];
  const found = [];
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) walk(`${folder}/${entry.name}`);
      else if (entry.name.endsWith('.sop')) found.push(`${folder}/${entry.name}`);
    }
  };
  for (const folder of folders) walk(project + folder);
  return found.sort();
}
export const name_in_project = (path) => path.slice(project.length);
