# SPDX-License-Identifier: GPL-3.0-or-later
sono_test(mask SOURCES unit/test_mask.c LAYERS brush LABELS brush TIMEOUT 60)
sono_test(mask_fit SOURCES unit/test_mask_fit.c LAYERS brush LABELS brush TIMEOUT 60)
sono_test(stroke SOURCES unit/test_stroke.c LAYERS brush LABELS brush TIMEOUT 60)
sono_test(operations SOURCES unit/test_operations.c LAYERS brush LABELS brush TIMEOUT 60)
sono_test(kernel_math SOURCES unit/test_kernel_math.c LAYERS brush LIBS sono_kernels LABELS brush TIMEOUT 60)
