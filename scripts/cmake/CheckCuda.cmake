# SPDX-License-Identifier: GPL-3.0-or-later
# cmake -DNVCC=<nvcc> -DSOURCE=<.cu> -DINCLUDE=<dir> -DARCH=<90> -DWORK_DIR=<scratch> -P CheckCuda.cmake
# The C and the CUDA compile of a brush body give the same bits only if CUDA neither contracts a * b + c nor takes a
# shortcut. Looks at the PTX: no fused multiply-add, approximation or flush to zero in float. As proof that the look
# works, the same text compiled with contraction must show fused multiply-adds.
cmake_minimum_required(VERSION 3.25)
file(MAKE_DIRECTORY ${WORK_DIR})

function(ptx fmad out)
  set(file ${WORK_DIR}/fmad-${fmad}.ptx)
  execute_process(COMMAND ${NVCC} -ptx -arch=compute_${ARCH} --fmad=${fmad} -I${INCLUDE} -o ${file} ${SOURCE}
                  RESULT_VARIABLE rc OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT rc EQUAL 0)
    message(FATAL_ERROR "nvcc: ${output}")
  endif()
  file(STRINGS ${file} lines REGEX "(fma|mad)\\.[a-z.]*f(16|32|64)|\\.approx|\\.ftz")
  set(${out} "${lines}" PARENT_SCOPE)
endfunction()

ptx(true fused)
if(NOT fused)
  message(FATAL_ERROR "with contraction there should be fused multiply-adds, but none was found: the check is blind")
endif()
ptx(false exact)
if(exact)
  list(JOIN exact "\n" exact)
  message(FATAL_ERROR "instructions that C does not have:\n${exact}")
endif()
list(LENGTH fused n)
message(NOTICE "no fused or approximate float instruction (${n} with contraction on)")
