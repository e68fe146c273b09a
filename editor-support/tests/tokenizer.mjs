// The engine that VS Code reads grammars with, on a text.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// Both packages are CommonJS.
const require = createRequire(import.meta.url);
const oniguruma = require('vscode-oniguruma');
const textmate = require('vscode-textmate');

export const project = fileURLToPath(new URL('../../', import.meta.url));
export const grammar_path = `${project}editor-support/vscode/syntaxes/sop.tmLanguage.json`;

await oniguruma.loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')).buffer);

const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async (scope) =>
    scope === 'source.sop' ? textmate.parseRawGrammar(readFileSync(grammar_path, 'utf8'), grammar_path) : null,
});
const grammar = await registry.loadGrammar('source.sop');

// The tokens of each line: {text, begin (in UTF-16 units of the line), scopes without that of the language}.
export function tokenize(text) {
  let state = textmate.INITIAL;
  return text.split('\n').map((line) => {
    const result = grammar.tokenizeLine(line, state);
    state = result.ruleStack;
    return result.tokens.map((token) => ({
      text: line.slice(token.startIndex, token.endIndex),
      begin: token.startIndex,
      scopes: token.scopes.slice(1),
    }));
  });
}

// `keyword.control` is fitted by `keyword.control.step.sop`.
export const fits = (scope, wanted) => scope === wanted || scope.startsWith(`${wanted}.`);
export const has_scope = (token, wanted) => token.scopes.some((scope) => fits(scope, wanted));
