# SPDX-License-Identifier: GPL-3.0-or-later
# cmake -DKERNELS=<dir> -DGLSLANG=<glslangValidator> -DCC=<C compiler> -DWORK_DIR=<scratch> -P CheckDialect.cmake
# Compiles every operation's body as C17 and as GLSL 330 core and 300 es. Then plants each thing that the dialect forbids
# in a body: at least one of the three compilers must refuse it, so that a body which compiles everywhere is portable.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE ${WORK_DIR})
file(MAKE_DIRECTORY ${WORK_DIR})
file(READ ${KERNELS}/dialect.glsl dialect)
file(READ ${KERNELS}/math.kernel.h math)
file(READ ${KERNELS}/brush/dab.kernel.h dab)
file(STRINGS ${KERNELS}/brush/operations.def rows REGEX "^SONO_OPERATION\\(")
set(c_flags -std=c17 -fsyntax-only -Wall -Wextra -Wpedantic -Wconversion -Wdouble-promotion -Werror -Wno-unused-parameter)
execute_process(COMMAND ${CC} -Wunsuffixed-float-constants -Werror -fsyntax-only -x c /dev/null
                RESULT_VARIABLE rc OUTPUT_QUIET ERROR_QUIET)
if(rc EQUAL 0)
  list(APPEND c_flags -Wunsuffixed-float-constants) # gcc has it, clang does not
endif()

# compile(<file stem> <name of the function> <its text> <out>): out becomes the compilers that refused it
function(compile stem name body out)
  set(refused "")
  set(call "sono_op_${name}(sono_bin(uv.x, uv.y), sono_dab_over(sono_dab_weight(uv.x, uv.y, 0.5f, 1.0f),
    sono_edge_weight(uv.x)), args.x, args.y, args.z, args.w)")
  set(shader "${dialect}${math}${dab}${body}
in vec2 uv;
uniform vec4 args;
out vec4 colour;
void main()
{
    SonoBin z = ${call};
    colour = vec4(z.re, z.im, sono_power_to_db(sono_bin_power(z)), sono_phase_turns(z));
}
")
  file(WRITE ${WORK_DIR}/${stem}.330.frag "#version 330 core\n${shader}")
  file(WRITE ${WORK_DIR}/${stem}.300es.frag "#version 300 es\nprecision highp float;\nprecision highp int;\n${shader}")
  foreach(version 330 300es)
    execute_process(COMMAND ${GLSLANG} -l ${WORK_DIR}/${stem}.${version}.frag
                    RESULT_VARIABLE rc OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT rc EQUAL 0)
      list(APPEND refused ${version})
      file(WRITE ${WORK_DIR}/${stem}.${version}.log "${output}")
    endif()
  endforeach()
  file(WRITE ${WORK_DIR}/${stem}.c "#include \"dialect_c.h\"
#include \"math.kernel.h\"
#include \"brush/dab.kernel.h\"
${body}
SonoBin probe(float x, float y, const float *p);
SonoBin probe(float x, float y, const float *p)
{
    return sono_op_${name}(sono_bin(x, y), sono_dab_weight(x, y, 0.5f, 1.0f), p[0], p[1], p[2], p[3]);
}
")
  execute_process(COMMAND ${CC} ${c_flags} -I${KERNELS} ${WORK_DIR}/${stem}.c
                  RESULT_VARIABLE rc OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT rc EQUAL 0)
    list(APPEND refused C)
    file(WRITE ${WORK_DIR}/${stem}.C.log "${output}")
  endif()
  set(${out} "${refused}" PARENT_SCOPE)
endfunction()

set(n_wrong 0)
set(n_operations 0)
foreach(row IN LISTS rows)
  string(REGEX REPLACE "^SONO_OPERATION\\(([a-z0-9_]+)\\).*" "\\1" name "${row}")
  file(READ ${KERNELS}/brush/${name}.kernel.h body)
  compile(${name} ${name} "${body}" refused)
  foreach(compiler IN LISTS refused)
    file(READ ${WORK_DIR}/${name}.${compiler}.log log)
    message(NOTICE "brush/${name}.kernel.h is refused as ${compiler}:\n${log}")
    math(EXPR n_wrong "${n_wrong} + 1")
  endforeach()
  math(EXPR n_operations "${n_operations} + 1")
endforeach()

# plant(<what> <statements>): they become part of a body that is otherwise fine
set(n_plants 0)
macro(plant what helpers statements)
  string(MAKE_C_IDENTIFIER "${what}" stem)
  compile(plant_${stem} plant "${helpers}
SONO_KFN SonoBin sono_op_plant(SonoBin z, float weight, float p0, float p1, float p2, float p3)
{
    float g = weight;
    ${statements}
    return sono_bin_scale(z, g);
}
" refused)
  if("${what}" STREQUAL "nothing")
    if(refused)
      message(FATAL_ERROR "a body without a fault is refused by ${refused}: the plants prove nothing")
    endif()
  elseif(NOT refused)
    message(NOTICE "planted ${what}: no compiler refuses it")
    math(EXPR n_wrong "${n_wrong} + 1")
  else()
    list(JOIN refused ", " refused)
    message(NOTICE "planted ${what}: refused as ${refused}")
    math(EXPR n_plants "${n_plants} + 1")
  endif()
endmacro()

plant("nothing" "" "g = g * 2.0f;")
plant("double literal" "" "g = (g < 0.3) ? 0.0f : g;")
plant("double arithmetic" "" "g = g * 0.3;")
plant("int to float" "" "g = 1;")
plant("int times float" "" "int n = 3; g = g * n;")
plant("float to int" "" "int n = g; g = SONO_KFLOAT(n);")
plant("pointer" "" "float *q = &g; *q = 1.0f;")
plant("cast" "" "g = (float)(int)g;")
plant("libm name" "" "g = sinf(g);")
plant("libm and GLSL name" "" "g = exp2(g);")
plant("brace initialiser" "" "SonoBin b = {g, g}; g = b.re;")
plant("recursion" "SONO_KFN float again(float x)
{
    return (x < 0.0f) ? x : again(x - 1.0f);
}" "g = again(g);")
plant("static" "" "static float kept = 0.0f; kept = g; g = kept;")

message(NOTICE "${n_operations} operations compile as C17, 330 core and 300 es; ${n_plants} plants refused; ${n_wrong} wrong")
if(n_wrong GREATER 0 OR n_operations EQUAL 0)
  message(FATAL_ERROR "the dialect is broken")
endif()
