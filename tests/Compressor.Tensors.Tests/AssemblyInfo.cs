// The memory pool, the default random generator and the number of threads belong to the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
