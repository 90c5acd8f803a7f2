# SPDX-License-Identifier: GPL-3.0-or-later
# The example of docs/add-a-transform.md, built from that page: its file, and a registry that has its row.
set(page ${CMAKE_SOURCE_DIR}/docs/add-a-transform.md)
set(registry ${CMAKE_SOURCE_DIR}/src/transform)
set(example ${CMAKE_CURRENT_BINARY_DIR}/add_a_transform)
set(take ${CMAKE_CURRENT_SOURCE_DIR}/docs/take_example.sh)
file(MAKE_DIRECTORY ${example})
add_custom_command(OUTPUT ${example}/third.c ${example}/transforms.def ${example}/transforms.c
  COMMAND ${take} ${page} ${registry} ${example}
  DEPENDS ${take} ${page} ${registry}/transforms.def ${registry}/transforms.c
  VERBATIM)
sono_test(add_a_transform
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/docs/test_add_a_transform.c ${example}/third.c ${example}/transforms.c
  LAYERS engine)
target_include_directories(test_add_a_transform PRIVATE ${registry})
