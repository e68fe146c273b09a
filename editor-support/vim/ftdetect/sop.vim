autocmd BufRead,BufNewFile *.sop setfiletype sop
