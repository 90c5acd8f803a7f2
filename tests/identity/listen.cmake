# SPDX-License-Identifier: GPL-3.0-or-later
sono_test(listen_without SOURCES identity/test_listen_without.c LAYERS document LABELS "cpu;tsan" TIMEOUT 120)
target_include_directories(test_listen_without PRIVATE ${CMAKE_SOURCE_DIR}/src/document)
