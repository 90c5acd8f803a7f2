# SPDX-License-Identifier: GPL-3.0-or-later
# One static library and one include directory per layer. A layer sees its own headers and those of the layers it
# names in USES (and, in turn, theirs): an include that the layer table of docs/architecture.md forbids does not compile.

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_C_FLAGS_RELEASE "-O3 -g")
set(CMAKE_EXPORT_COMPILE_COMMANDS ON) # clang-tidy and editors read it

if(NOT DEFINED CMAKE_C_COMPILER_LAUNCHER)
  find_program(SONO_CCACHE ccache)
  mark_as_advanced(SONO_CCACHE)
  if(SONO_CCACHE)
    set(CMAKE_C_COMPILER_LAUNCHER ${SONO_CCACHE})
  endif()
endif()

add_library(sono_flags INTERFACE)
target_compile_options(sono_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
  -ffp-contract=off -fno-math-errno)
target_compile_definitions(sono_flags INTERFACE _POSIX_C_SOURCE=200809L)
if(SONO_WERROR)
  target_compile_options(sono_flags INTERFACE -Werror)
endif()
if(SONO_MARCH)
  target_compile_options(sono_flags INTERFACE -march=${SONO_MARCH})
endif()
if(NOT SONO_SANITIZE)
  # Programs that read strangers' files: checked libc calls, guarded stacks, read-only relocations.
  target_compile_options(sono_flags INTERFACE -fstack-protector-strong
    $<$<CONFIG:Release>:-U_FORTIFY_SOURCE> $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2>)
  add_link_options(-Wl,-z,relro,-z,now)
else()
  add_compile_options(-fsanitize=${SONO_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SONO_SANITIZE})
  if(SONO_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
  add_compile_definitions(SONO_SANITIZED=1)
endif()

# sono_layer(<name> SOURCES file... [USES layer...] [LIBS target...] [PRIVATE_LIBS target...])
function(sono_layer name)
  cmake_parse_arguments(L "" "" "SOURCES;USES;LIBS;PRIVATE_LIBS" ${ARGN})
  add_library(sono_${name} STATIC ${L_SOURCES})
  target_include_directories(sono_${name} PUBLIC ${CMAKE_SOURCE_DIR}/include/${name}
                                          PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(sono_${name} PRIVATE sono_flags ${L_PRIVATE_LIBS} PUBLIC ${L_LIBS})
  foreach(used ${L_USES})
    target_link_libraries(sono_${name} PUBLIC sono_${used})
  endforeach()
  set_property(GLOBAL APPEND PROPERTY SONO_LAYERS ${name})
  set_property(GLOBAL PROPERTY SONO_LAYER_${name}_USES "${L_USES}")
endfunction()
