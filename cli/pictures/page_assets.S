// The scripts and the style of a page, as bytes of the program.
        .section .rodata
        .macro asset name, path
        .global \name\()_begin
        .global \name\()_end
        .balign 16
\name\()_begin:
        .incbin "\path"
\name\()_end:
        .byte 0
        .endm
        asset tessera_page_vega, TESSERA_VEGA_SCRIPT
        asset tessera_page_script, TESSERA_PAGE_SCRIPT
        asset tessera_page_style, TESSERA_PAGE_STYLE
        .section .note.GNU-stack,"",%progbits
