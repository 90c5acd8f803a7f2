# SPDX-License-Identifier: GPL-3.0-or-later
# Rules of the house that a script can check (scripts/check.sh), and that the script notices when they are broken.
foreach(rule spdx length includes paths docs)
  add_test(NAME house_${rule} COMMAND ${CMAKE_SOURCE_DIR}/scripts/check.sh ${rule})
endforeach()
add_test(NAME house_checks_notice COMMAND ${CMAKE_SOURCE_DIR}/tests/house/checks_notice.sh)
set_tests_properties(house_checks_notice PROPERTIES ENVIRONMENT "SONO_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
