"""The same program on many machines, over Ray Data: readers are tasks, LMs are called or computed in actors."""
