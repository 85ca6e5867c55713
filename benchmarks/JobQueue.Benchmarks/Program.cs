using JobQueue.Benchmarks.DeadLetters;
using JobQueue.Benchmarks.Fleet;
using JobQueue.Benchmarks.Floor;
using JobQueue.Benchmarks.Growth;
using JobQueue.Benchmarks.Infrastructure;
using JobQueue.Benchmarks.Latency;
using JobQueue.Benchmarks.Memory;
using JobQueue.Benchmarks.Micro;
using JobQueue.Benchmarks.Peers;
using JobQueue.Benchmarks.Recurring;
using JobQueue.Benchmarks.StartUp;
using JobQueue.Benchmarks.Throughput;

return args switch
{
    [StartUpHost.Argument, var assembly, var connectionString] => await StartUpHost.RunAsync(assembly, connectionString),
    [ProducerProcess.Argument, var connectionString] => await ProducerProcess.RunAsync(connectionString),
    [WorkerProcess.Argument, var connectionString, .. var kind] => await WorkerProcess.RunAsync(connectionString, WorkerKind.Parse(kind)),
    _ => BenchOptions.Parse(args) is { } options ? await RunAsync(options) : Usage(),
};

static Task<int> RunAsync(BenchOptions options) => options.Suite switch
{
    "deadletters" => DeadLettersSuite.RunAsync(options),
    "fleet" => FleetSuite.RunAsync(options),
    "floor" => FloorSuite.RunAsync(options),
    "growth" => GrowthSuite.RunAsync(options),
    "latency" => LatencySuite.RunAsync(options),
    "memory" => MemorySuite.RunAsync(options),
    "micro" => MicroSuite.RunAsync(options),
    "peers" => PeersSuite.RunAsync(options),
    "recurring" => RecurringSuite.RunAsync(options),
    "startup" => StartUpSuite.RunAsync(options),
    "throughput" => ThroughputSuite.RunAsync(options),
    _ => Task.FromResult(Usage()),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Usage: dotnet run -c Release --project benchmarks/JobQueue.Benchmarks -- <suite> [--smoke] [--rounds N] [--long] [--json PATH]

          deadletters  how fast jobs run while 100,000 dead ones are retried, beside how fast they run alone
          fleet        what 1, 10 and 50 worker processes cost Redis: idle, woken, draining, and when one is killed; what 1, 3 and 6 shards cost on one
                       server and on three masters
          floor        what Redis and its client can do here: a round trip, and the commands that move a job, bare
          growth       whether the speed stays with more jobs that wait, more queues, larger arguments, many due at once
          latency      how long one enqueue takes, and until an idle worker, an occurrence and a delayed job start
          memory       bytes in Redis of a job in each state; bytes allocated for a job; a worker's memory over many jobs
          micro        a job's way in and out of its record, and the next occurrence of a cron expression: time and allocation
          peers        the same jobs through this library, BullMQ and Sidekiq
          recurring    how late the job of an occurrence, and a delayed job, starts
          startup      the time from the start of a process until its host runs, with 5 and with 500 generated handlers
          throughput   jobs a second: enqueue one, from many callers, in bulk; drain; both at once; with a log on disk

          --smoke      the same code with tiny counts, in seconds: it shows that the suite works, and measures nothing
          --rounds N   how often everything is measured; else 5 times
          --long       with 5,000,000 jobs: through one worker (memory), waiting (growth)
          --json PATH  where the figures go; else artifacts/benchmarks/<suite>.json
        """);
    return 2;
}
