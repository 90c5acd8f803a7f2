# SPDX-License-Identifier: GPL-3.0-or-later
# Only where there is nvcc: sono_cuda_kernels is compiled with the project, and its PTX is looked at here.
if(SONO_HAVE_CUDA)
  add_test(NAME cuda_no_fma COMMAND ${CMAKE_COMMAND} -DNVCC=${CMAKE_CUDA_COMPILER} -DARCH=90
    -DSOURCE=${CMAKE_SOURCE_DIR}/kernels/brush.cu -DINCLUDE=${CMAKE_SOURCE_DIR}/kernels
    -DWORK_DIR=${CMAKE_BINARY_DIR}/cuda -P ${CMAKE_SOURCE_DIR}/scripts/cmake/CheckCuda.cmake)
endif()
