# SPDX-License-Identifier: GPL-3.0-or-later
sono_test(solver SOURCES identity/test_solver.c identity/solver_cases.c LAYERS engine LIBS PkgConfig::SNDFILE
          LABELS cpu TIMEOUT 300)
