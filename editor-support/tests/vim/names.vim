" Writes, for each file named in $SOP_FILES (one a line), the syntax items of its characters to $SOP_OUT, as JSON: of each
" line a list of [text, name of the item], neighbours of the same item joined.
set nocompatible encoding=utf-8 nomore noswapfile
execute 'set runtimepath^=' . fnameescape($SOP_VIM)
filetype plugin on
syntax on

let s:result = []
for s:path in split($SOP_FILES, "\n")
  execute 'edit!' fnameescape(s:path)
  let s:lines = []
  for s:number in range(1, line('$'))
    let s:line = []
    let s:column = 1
    for s:character in split(getline(s:number), '\zs')
      let s:name = synIDattr(synID(s:number, s:column, 1), 'name')
      if !empty(s:line) && s:line[-1][1] ==# s:name
        let s:line[-1][0] .= s:character
      else
        call add(s:line, [s:character, s:name])
      endif
      let s:column += strlen(s:character)
    endfor
    call add(s:lines, s:line)
  endfor
  call add(s:result, {'filetype': &filetype, 'commentstring': &commentstring, 'formatprg': &formatprg,
        \ 'makeprg': &makeprg, 'lines': s:lines})
endfor
call writefile([json_encode(s:result)], $SOP_OUT)
qall!
