// Vim without a terminal.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { project } from './tokenizer.mjs';

export const vim_is_there = spawnSync('vim', ['--version']).stdout?.includes('+syntax') ?? false;

// Runs a script of vim/ and gives what it wrote.
function run(script, variables) {
  const folder = mkdtempSync(`${tmpdir()}/sop-vim-`);
  try {
    execFileSync('vim', ['-es', '-u', 'NONE', '-i', 'NONE', '-S', `${project}editor-support/tests/vim/${script}`], {
      cwd: folder,
      env: { ...process.env, SOP_VIM: `${project}editor-support/vim`, SOP_OUT: `${folder}/out`, ...variables(folder) },
      timeout: 120_000,
    });
    return JSON.parse(readFileSync(`${folder}/out`, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// Of each text {filetype, …, lines: [[{text, begin, name}]]}; `begin` in UTF-16 units of the line, `name` without `sop`.
export function syntax_of(texts) {
  const files = run('names.vim', (folder) => {
    const paths = texts.map((text, index) => `${folder}/${index}.sop`);
    paths.forEach((path, index) => writeFileSync(path, texts[index]));
    return { SOP_FILES: paths.join('\n') };
  });
  return files.map((file) => ({
    ...file,
    lines: file.lines.map((line) => {
      let begin = 0;
      return line.map(([text, item]) => {
        const token = { text, begin, name: item.replace(/^sop/, '').replace(/InRun$/, '') };
        begin += text.length;
        return token;
      });
    }),
  }));
}

// The quickfix list of what `sop check` says.
export const findings_of = (path) => run('findings.vim', () => ({ SOP_FINDINGS: path }));
