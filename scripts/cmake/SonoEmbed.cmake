# SPDX-License-Identifier: GPL-3.0-or-later
# cmake -DOUT=file.c -DNAMES="a;b" -DFILES="path;path" -P SonoEmbed.cmake
# Writes the files as one C table of {name, NUL-ended text}: bytes, because C17 promises no string beyond 4095.
set(arrays "")
set(rows "")
set(i 0)
foreach(path name IN ZIP_LISTS FILES NAMES)
  file(READ ${path} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays "static const unsigned char text_${i}[] = {${bytes}0};\n")
  string(APPEND rows "    {\"${name}\", (const char *)text_${i}},\n")
  math(EXPR i "${i} + 1")
endforeach()
file(WRITE ${OUT} "/* Made at build time from shaders/ and kernels/. */\n#include \"shader_texts.h\"\n\n${arrays}\n"
  "const ShaderText shader_texts[] = {\n${rows}    {0, 0},\n};\n")
