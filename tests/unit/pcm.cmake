# SPDX-License-Identifier: GPL-3.0-or-later
sono_test(clip SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_clip.c LAYERS pcm LABELS unit TIMEOUT 120)
sono_test(pcm_store SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_pcm_store.c LAYERS pcm LABELS unit TIMEOUT 120)
sono_test(pcm_threads SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_pcm_threads.c LAYERS pcm LABELS "unit;tsan" TIMEOUT 120)
sono_test(pcm_faults SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_pcm_faults.c LAYERS pcm LABELS "unit;tsan" TIMEOUT 120)
sono_test(peaks SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_peaks.c LAYERS pcm LABELS unit TIMEOUT 120)
