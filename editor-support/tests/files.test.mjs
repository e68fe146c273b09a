// The files of the extension: what VS Code asks of them, as far as it can be said without VS Code.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { grammar_path, project } from './tokenizer.mjs';

const require = createRequire(import.meta.url);
const { OnigScanner, OnigString } = require('vscode-oniguruma');

const extension = `${project}editor-support/vscode`;
const json = (path) => JSON.parse(readFileSync(path, 'utf8'));
const grammar = json(grammar_path);

// Every rule, with where it stands.
function* rules(value, path = 'grammar') {
  if (Array.isArray(value)) for (const [index, one] of value.entries()) yield* rules(one, `${path}[${index}]`);
  else if (value && typeof value === 'object') {
    yield [path, value];
    for (const [key, one] of Object.entries(value)) yield* rules(one, `${path}.${key}`);
  }
}

test('the manifest says what VS Code and vsce need, and its paths are there', () => {
  const manifest = json(`${extension}/package.json`);
  for (const field of ['name', 'displayName', 'description', 'version', 'publisher', 'license'])
    assert.equal(typeof manifest[field], 'string', field);
  assert.match(manifest.name, /^[a-z0-9-]+$/);
  assert.match(manifest.version, /^\d+\.\d+\.\d+$/);
  assert.match(manifest.engines.vscode, /^\^\d+\.\d+\.\d+$/);
  const [language] = manifest.contributes.languages;
  assert.equal(language.id, 'sop');
  assert.deepEqual(language.extensions, ['.sop']);
  assert.ok(existsSync(`${extension}/${language.configuration}`));
  const [contributed] = manifest.contributes.grammars;
  assert.equal(contributed.language, 'sop');
  assert.equal(contributed.scopeName, grammar.scopeName);
  assert.ok(existsSync(`${extension}/${contributed.path}`));
});

test('the language configuration pairs brackets and quotes', () => {
  const configuration = json(`${extension}/language-configuration.json`);
  assert.equal(configuration.comments.lineComment, '#');
  for (const [open, close] of configuration.brackets) assert.ok(open.length === 1 && close.length === 1);
  const closed = configuration.autoClosingPairs.map(({ open, close }) => open + close);
  for (const pair of ['{}', '()', '""', '“”', '「」', '""""""']) assert.ok(closed.includes(pair), pair);
  for (const { open, close, notIn = [] } of configuration.autoClosingPairs) {
    assert.ok(open && close);
    for (const scope of notIn) assert.ok(['string', 'comment'].includes(scope));
  }
  for (const pair of configuration.surroundingPairs) assert.equal(pair.length, 2);
});

test('words are whole names of any script', () => {
  const { pattern, flags } = json(`${extension}/language-configuration.json`).wordPattern;
  const words = (text) => text.match(new RegExp(pattern, `g${flags}`));
  assert.deepEqual(words('post 秒杀卡, read_1; 每周四'), ['post', '秒杀卡', 'read_1', '每周四']);
  assert.deepEqual(words('every day at 20:00 for 1h30m'), ['every', 'day', 'at', '20:00', 'for', '1h30m']);
  assert.deepEqual(words('on 2026-11-11..2026-11-12'), ['on', '2026-11-11', '2026-11-12']);
  assert.deepEqual(words('“早安，{group.name}！”'), ['早安', 'group', 'name']);
});

test('lines are indented in blocks', () => {
  const { increaseIndentPattern, decreaseIndentPattern } = json(
    `${extension}/language-configuration.json`,
  ).indentationRules;
  const opens = (line) => new RegExp(increaseIndentPattern).test(line);
  const closes = (line) => new RegExp(decreaseIndentPattern).test(line);
  for (const line of ['playbook a {', '  sale: every day at 20:00 { # why', '剧本 a ｛', 'b: c { d: e {'])
    assert.ok(opens(line), line);
  for (const line of ['post "x {a}"', 'morning: every day at 08:00 { post x }', '# {', 'post "{"'])
    assert.ok(!opens(line), line);
  for (const line of ['}', '  } # end', '｝']) assert.ok(closes(line), line);
  for (const line of ['post x', 'a { }']) assert.ok(!closes(line), line);
});

test('every pattern of the grammar is one that Oniguruma takes', () => {
  let count = 0;
  for (const [path, rule] of rules(grammar)) {
    for (const key of ['match', 'begin', 'end', 'while']) {
      if (typeof rule[key] !== 'string') continue;
      ++count;
      assert.doesNotThrow(() => {
        const scanner = new OnigScanner([rule[key]]);
        scanner.findNextMatchSync(new OnigString('sop 1'), 0);
        scanner.dispose();
      }, `${path}.${key}`);
    }
  }
  assert.ok(count > 50);
});

test('every rule of the grammar is whole', () => {
  const known = ['name', 'contentName', 'comment', 'match', 'begin', 'end', 'captures', 'beginCaptures', 'endCaptures'];
  for (const [path, rule] of rules(grammar)) {
    if ('begin' in rule) assert.ok('end' in rule, path);
    if ('match' in rule) assert.ok(!('begin' in rule) && !('patterns' in rule), path);
    if ('match' in rule || 'begin' in rule)
      for (const key of Object.keys(rule)) assert.ok([...known, 'patterns'].includes(key), `${path}.${key}`);
    if ('include' in rule) assert.ok(rule.include.slice(1) in grammar.repository, `${path}: ${rule.include}`);
    for (const scope of [rule.name, rule.contentName])
      if (typeof scope === 'string' && path !== 'grammar') assert.match(scope, /^([a-z-]+\.)+sop$/, path);
  }
  const included = new Set([...rules(grammar)].map(([, rule]) => rule.include).filter(Boolean));
  for (const name of Object.keys(grammar.repository)) assert.ok(included.has(`#${name}`), `nothing includes ${name}`);
  assert.ok(!JSON.stringify(grammar).match(/@\w+(:[\w,/]+)?@/), 'nothing of the template is left to fill');
});
