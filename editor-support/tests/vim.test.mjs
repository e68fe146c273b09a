// The syntax file and the filetype plugin of Vim, in Vim.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { name_in_project, playbooks, read_by_the_compiler, roles_of_words, steps_of } from './language.mjs';
import { project } from './tokenizer.mjs';
import { findings_of, syntax_of, vim_is_there } from './vim.mjs';

const options = { skip: vim_is_there ? false : 'there is no Vim with syntax files here' };

// Items a word of the language may have, besides that of its role.
const items_of_words = ['Head', 'Reference', 'Act', 'Solar', 'Day', 'FirstField', 'BareField'];
const is_word = ({ name }) => items_of_words.includes(name) || name.endsWith('Word');
const item_of_role = (role) => `${role[0].toUpperCase()}${role.slice(1)}Word`;

test('a playbook has its file type, comments, formatter and compiler', options, () => {
  const [file] = syntax_of(['sop 1\n']);
  assert.equal(file.filetype, 'sop');
  assert.equal(file.commentstring, '# %s');
  assert.equal(file.formatprg, 'sop fmt -');
  assert.match(file.makeprg, /^sop check %/);
});

test('each construct has its item', options, () => {
  const rows = [
    ['tag member "Members", post', ['tag Head', 'member DeclaredTag', '"Members" TagTitle', 'post DeclaredTag']],
    ['event order { what: content }', ['event Head', 'order DeclaredEvent', 'what FieldName', 'content Type']],
    ['content a { text "Hi {group.name} {{" } # b', ['content Head', 'a Declared', 'text AttributeWord', '"Hi  String']],
    ['content a { text "Hi {group.name} {{" } # b', ['{ HoleSign', 'group BareField', 'name Field', '{{ Brace']],
    ['content a { text “{start}” } # b', ['start BareField', '# b Comment']],
    ['playbook send { late: every monday at 20:00 for 1h30m { post x } }', ['send Declared', 'late Rule', 'every TriggerWord']],
    ['playbook send { late: every monday at 20:00 for 1h30m { post x } }', ['monday DateWord', '20:00 Time', '1h30m Duration']],
    ['playbook a { for groups tagged post, x where sum(y) >= 9.90 CNY', ['tagged Reference', 'post Referred', 'x Referred']],
    ['playbook a { for groups tagged post, x where sum(y) >= 9.90 CNY', ['sum FunctionWord', '9.90  Money', 'CNY Currency']],
    ['playbook a { b: on x { wait for y { yes: stop "z" } } }', ['b Rule', 'wait StepWord', 'yes ConstantWord', 'stop StepWord']],
    ['playbook a { timezone America/Port-au-Prince', ['timezone ClauseWord', 'America/Port-au-Prince Zone']],
    ['language zh-CN', ['language Head', 'zh-CN Dialect']],
    ['剧本 会员群 { 秒杀: 每周四20:00持续2小时 { 发 会员券 } }', ['剧本 Head', '会员群 Declared', '秒杀 Rule', '每 TriggerWord']],
    ['剧本 会员群 { 秒杀: 每周四20:00持续2小时 { 发 会员券 } }', ['周四 DateWord', '20:00 RunTime', '持续 ClauseWord']],
    ['剧本 会员群 { 秒杀: 每周四20:00持续2小时 { 发 会员券 } }', ['2小时 RunDuration', '发 ActionWord', '会员券 Name']],
    ['劇本 a { 對象 群 標籤 會員', ['對象 ClauseWord', '群 ClauseWord', '標籤 Reference', '會員 Referred']],
    ['playbook a { b: every day at 08:00 { post read_1; post every_day } }', ['read_1 Name', 'every_day Name']],
  ];
  const files = syntax_of(rows.map(([code]) => `${code}\n`));
  rows.forEach(([code, wanted], index) => {
    let rest = files[index].lines[0];
    for (const one of wanted) {
      const at = rest.findIndex(({ text, name }) => `${text} ${name}` === one);
      assert.ok(at >= 0, `${code}: no ${one} in ${rest.map(({ text, name }) => `${text} ${name}`).join(', ')}`);
      rest = rest.slice(at + 1);
    }
  });
});

test('every keyword has the item of its role, and none that is part of a name has', options, () => {
  const roles = [...roles_of_words()];
  const [alone, in_name] = syntax_of([
    steps_of(roles.map(([word]) => `    ${word}`)),
    steps_of(roles.map(([word]) => `    龘${word} ${word}龘 ${word}_1`)),
  ]);
  roles.forEach(([word, its_roles], index) => {
    const token = alone.lines[index + 2].at(-1);
    assert.equal(token.text, word);
    assert.ok(its_roles.map(item_of_role).includes(token.name), `${word} (${its_roles}) is ${token.name}`);
    for (const { text, name } of in_name.lines[index + 2])
      assert.ok(['Name', 'InnerBlock'].includes(name), `${text} is ${name}`);
  });
});

test('every playbook is coloured as what the compiler takes its words for', options, () => {
  const paths = playbooks();
  const files = syntax_of(paths.map((path) => readFileSync(path, 'utf8')));
  paths.forEach((path, index) => {
    for (const { text, role, line, begin } of read_by_the_compiler(path)) {
      const token = files[index].lines[line].findLast((one) => one.begin <= begin);
      const where = `${name_in_project(path)}:${line + 1}: \`${text}\`, a ${role}, is ${token.name} in Vim`;
      if (role === 'name') assert.ok(!is_word(token), where);
      if (role === 'keyword' && token.name !== 'Date') assert.ok(is_word(token), where);
      if (role === 'field') assert.ok(['FirstField', 'BareField', 'Field'].includes(token.name), where);
      if (role === 'number' || role === 'duration') assert.match(token.name, /Number|Percentage|Duration|Money|Date|RunTime/, where);
    }
  });
});

test('the findings of `sop check` are read, with their places', options, () => {
  const folder = `${project}tests/golden/diagnostics`;
  const broken = findings_of(`${folder}/lost_brackets.txt`);
  assert.deepEqual(broken[0], {
    valid: 1,
    file: 'lost_brackets.sop',
    line: 8,
    column: 31,
    type: 'E',
    number: 6,
    text: 'this bracket is never closed: `}` is missing',
  });
  for (const name of ['lost_brackets', 'edition', 'words', 'wide_characters']) {
    const said = readFileSync(`${folder}/${name}.txt`, 'utf8').match(/^\w+\[SOP\d+\]/gm);
    const read = findings_of(`${folder}/${name}.txt`);
    assert.deepEqual(
      read.map(({ type, number }) => [type, number]),
      said.map((head) => [head[0].toUpperCase(), Number(head.match(/\d+/)[0])]),
      name,
    );
    assert.ok(
      read.every(({ valid, file, line }) => valid && file === `${name}.sop` && line > 0),
      name,
    );
  }
});
