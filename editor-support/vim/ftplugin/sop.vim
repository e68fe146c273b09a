" Vim filetype plugin
" Language: sop playbooks

if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

let s:cpo_save = &cpo
set cpo&vim

setlocal comments=:# commentstring=#\ %s
setlocal expandtab shiftwidth=2 softtabstop=2
setlocal suffixesadd=.sop
" Comments are wrapped, lines of a playbook are not.
setlocal formatoptions-=t formatoptions+=croql
setlocal matchpairs+=“:”,「:」,｛:｝,（:）

" `gggqG` lays the whole file out; a file with syntax errors is not laid out: `u` takes the messages back.
setlocal formatprg=sop\ fmt\ -

" `:make` fills the quickfix list. A finding is some lines: what, where, the source, and what may help.
setlocal makeprg=sop\ check\ %:S
" The column counts characters, which is what %v is but for wide ones.
setlocal errorformat=
      \%Eerror[SOP%n]:\ %m,
      \%Wwarning[SOP%n]:\ %m,
      \%Nnote[SOP%n]:\ %m,
      \%C\ %#┌─\ %f:%l:%v,
      \%C\ %#=\ %m,
      \%-Z%$,
      \%-C%.%#,
      \%-G%.%#

let b:undo_ftplugin = 'setlocal comments< commentstring< expandtab< shiftwidth< softtabstop< suffixesadd< formatoptions<'
      \ . ' matchpairs< formatprg< makeprg< errorformat<'

let &cpo = s:cpo_save
unlet s:cpo_save
