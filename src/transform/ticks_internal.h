/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all kinds of ticks share. */
#pragma once
#include <stdbool.h>

#include "sono_ticks.h"

SonoTick *ticks_add(SonoTickList *list, double value); /* NULL: full */
/* Smallest of 1, 2, 5 times a power of ten that is at least x > 0. */
double ticks_nice_step(double x);
/* Digits after the decimal point that tell multiples of step apart. */
int ticks_decimals(double step);
/* Multiples of step in [from, to]; ends also where a step is too small to change the number it is added to. */
void ticks_even(double from, double to, double step, SonoTickList *out);
/* As "%.*f" with '.' in every locale; -0 is 0. Returns the number of characters. */
int ticks_put_fixed(char *to, size_t n_bytes, double value, int n_decimals);
/* Ticks without labels between even ones: every step / n for the largest n that leaves them minor_px apart. */
void ticks_add_minor(double from, double to, double step, bool (*is_round)(double step), SonoTickRoom room,
                     SonoTickList *out);
bool ticks_is_nice(double step); /* 1, 2, 5 times a power of ten */
double ticks_place(const SonoFreqAxis *axis, double freq_hz, SonoTickRoom room);
/* No label within room.label_px of this place. */
bool ticks_has_room(const SonoFreqAxis *axis, const SonoTickList *list, double freq_hz, SonoTickRoom room);
size_t ticks_count_labels(const SonoTickList *list);
