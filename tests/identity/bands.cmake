# SPDX-License-Identifier: GPL-3.0-or-later
# Plans over frequency: what must come out the same, and what must come out right.
sono_test(bands_round_trip SOURCES identity/test_bands_round_trip.c identity/bands_fixture.c LAYERS engine LABELS cpu
          TIMEOUT 600)
sono_test(bands_tones SOURCES identity/test_bands_tones.c identity/bands_fixture.c LAYERS engine LABELS cpu TIMEOUT 600)
