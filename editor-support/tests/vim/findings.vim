" Reads the output of `sop check` in $SOP_FINDINGS as `:make` does and writes the quickfix list to $SOP_OUT, as JSON.
set nocompatible encoding=utf-8 nomore noswapfile
execute 'set runtimepath^=' . fnameescape($SOP_VIM)
filetype plugin on
edit playbook.sop
execute 'cgetfile' fnameescape($SOP_FINDINGS)
let s:result = []
for s:entry in getqflist()
  call add(s:result, {'valid': s:entry.valid, 'file': s:entry.bufnr ? bufname(s:entry.bufnr) : '', 'line': s:entry.lnum,
        \ 'column': s:entry.col, 'type': s:entry.type,
        \ 'number': s:entry.nr, 'text': s:entry.text})
endfor
call writefile([json_encode(s:result)], $SOP_OUT)
qall!
