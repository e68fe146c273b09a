// Prints files as an editor would colour them: node show.mjs FILE…
import { readFileSync } from 'node:fs';
import { has_scope, tokenize } from './tokenizer.mjs';

const colours = [
  ['invalid', '41;97'],
  ['comment', '90'],
  ['constant.character.escape', '35;1'],
  ['punctuation.section.embedded', '35'],
  ['constant.other', '36;1'],
  ['constant.numeric', '36'],
  ['variable.language', '31;1'],
  ['support.variable', '31'],
  ['variable', '31'],
  ['entity.name', '33;1'],
  ['storage.type', '34;1'],
  ['keyword.control', '35;1'],
  ['keyword.operator', '37;1'],
  ['keyword', '34'],
  ['support.function', '32;1'],
  ['support.constant', '36;1'],
  ['constant.language', '36;1'],
  ['source.sop', '0'],
  ['string', '32'],
];

for (const path of process.argv.slice(2)) {
  for (const tokens of tokenize(readFileSync(path, 'utf8'))) {
    console.log(
      tokens
        .map((token) => {
          const colour = colours.find(([scope]) => has_scope(token, scope));
          return colour ? `\x1b[${colour[1]}m${token.text}\x1b[0m` : token.text;
        })
        .join(''),
    );
  }
}
