/*
 * wide.h - those layers' passes that are worth threads: a batch's rows, or its columns, are spread
 * over as many as the network has. The bits are those of one.
 */
#ifndef SY_LEARN_WIDE_H
#define SY_LEARN_WIDE_H

#include "learn/net.h"

void sy_wide_fill(const sy_net *net, const void *row, const sy_node *node);
void sy_wide_activate(const sy_net *net, const sy_node *node);
void sy_wide_deactivate(const sy_net *net, const sy_node *node, int add, sy_matrix d);
void sy_wide_drop(const sy_net *net, const sy_node *node, sy_matrix from, int add, sy_matrix to);
void sy_wide_sample(const sy_net *net, const sy_node *node);
void sy_wide_sample_back(const sy_net *net, const sy_node *node, int add, sy_matrix d);
void sy_wide_column_sums(const sy_net *net, const sy_node *node, void *sums);

/* Bags. collect: gradient rows of the table by slots, which start as zeroes. */
void sy_wide_embed(const sy_net *net, const sy_node *node);
void sy_wide_collect(const sy_net *net, const sy_node *node, size_t touched, void *gradient);

#endif
