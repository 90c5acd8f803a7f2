# SPDX-License-Identifier: GPL-3.0-or-later
include(GNUInstallDirs)
install(TARGETS sonobrush-cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS sonobrush-codec RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/sonobrush)
if(TARGET sonobrush)
  install(TARGETS sonobrush RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
