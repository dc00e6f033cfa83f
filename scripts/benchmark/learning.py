"""learning.py JOB THREADS: an epoch of training in PyTorch, as learning.lua does it: the same sizes, layers,
batches and steps. JOB: reference | hidden. Prints one JSON object a line.

Peak memory is the process's; base is what it held before the data (interpreter and libraries).
"""
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional

ROWS, TASKS, USERS, ITEMS, DIM, CROSS = 20000, 4, 466, 1853, 16, 128
JOBS = {"reference": ([64, 256], []), "hidden": ([256, 1024], [512, 512])}


def kilobytes(field):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(field))


class Estimator(nn.Module):
    def __init__(self, hidden, sparse):
        super().__init__()
        self.user_id = nn.Embedding(USERS, DIM, sparse=sparse)
        self.item_id = nn.Embedding(ITEMS, DIM, sparse=sparse)
        self.user, self.item = nn.Linear(8, DIM), nn.Linear(8, DIM)
        self.cross = nn.Linear(16, CROSS)
        layers, width = [], 4 * DIM + CROSS
        for size in hidden:
            layers += [nn.Linear(width, size), nn.ReLU()]
            width = size
        self.head = nn.Sequential(*layers, nn.Linear(width, TASKS))

    def forward(self, user_id, user, item_id, item, cross):
        parts = (self.user_id(user_id), self.user(user), self.item_id(item_id), self.item(item),
                 self.cross(cross))
        return self.head(torch.cat(parts, dim=1))


def optimizers_of(model, sparse):
    if not sparse:
        return [torch.optim.Adam(model.parameters(), lr=1e-3, foreach=True)]
    tables = [model.user_id.weight, model.item_id.weight]
    others = [p for p in model.parameters() if all(p is not t for t in tables)]
    return [torch.optim.SparseAdam(tables, lr=1e-3),
            torch.optim.Adam(others, lr=1e-3, foreach=True)]


def epoch(model, optimizers, data, labels, batch):
    total, order = 0.0, torch.randperm(ROWS)
    for rows in order.split(batch):
        logits = model(*(column.index_select(0, rows) for column in data))
        loss = functional.binary_cross_entropy_with_logits(
            logits, labels.index_select(0, rows), reduction="sum")
        model.zero_grad(set_to_none=True)
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        total += loss.item()
    return total / ROWS


def main():
    torch.set_num_threads(int(sys.argv[2]))
    torch.manual_seed(1)
    name = sys.argv[1]
    batches, hidden = JOBS[name]
    base = kilobytes("VmHWM")
    data = (torch.randint(USERS, (ROWS,)), torch.randn(ROWS, 8), torch.randint(ITEMS, (ROWS,)),
            torch.randn(ROWS, 8), torch.randn(ROWS, 16))
    labels = (torch.rand(ROWS, TASKS) < 0.3).float()
    for batch in batches:
        for sparse in (True, False):
            model = Estimator(hidden, sparse)
            optimizers, least = optimizers_of(model, sparse), float("inf")
            for number in range(6):
                start = time.perf_counter()
                loss = epoch(model, optimizers, data, labels, batch)
                if number:
                    least = min(least, time.perf_counter() - start)
            print(json.dumps({
                "job": name, "batch": batch, "tables": "sparse" if sparse else "dense",
                "threads": torch.get_num_threads(),
                "milliseconds": 1e3 * least, "loss": loss, "peer": "PyTorch " + torch.__version__,
                "peak_kilobytes": kilobytes("VmHWM"), "base_kilobytes": base}), flush=True)


main()
