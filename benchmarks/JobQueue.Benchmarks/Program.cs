using JobQueue.Benchmarks.DeadLetters;
using JobQueue.Benchmarks.Floor;
using JobQueue.Benchmarks.Infrastructure;
using JobQueue.Benchmarks.Latency;
using JobQueue.Benchmarks.Micro;
using JobQueue.Benchmarks.Peers;
using JobQueue.Benchmarks.Recurring;
using JobQueue.Benchmarks.StartUp;
using JobQueue.Benchmarks.Throughput;

return args switch
{
    [StartUpHost.Argument, var assembly, var connectionString] => await StartUpHost.RunAsync(assembly, connectionString),
    [ProducerProcess.Argument, var connectionString] => await ProducerProcess.RunAsync(connectionString),
    [WorkerProcess.Argument, var connectionString] => await WorkerProcess.RunAsync(connectionString),
    _ => BenchOptions.Parse(args) is { } options ? await RunAsync(options) : Usage(),
};

static Task<int> RunAsync(BenchOptions options) => options.Suite switch
{
    "deadletters" => DeadLettersSuite.RunAsync(),
    "floor" => FloorSuite.RunAsync(options),
    "latency" => LatencySuite.RunAsync(options),
    "micro" => Task.FromResult(MicroSuite.Run()),
    "peers" => PeersSuite.RunAsync(options),
    "recurring" => RecurringSuite.RunAsync(options),
    "startup" => StartUpSuite.RunAsync(),
    "throughput" => ThroughputSuite.RunAsync(options),
    _ => Task.FromResult(Usage()),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Usage: dotnet run -c Release --project benchmarks/JobQueue.Benchmarks -- <suite> [--smoke] [--json PATH]

          deadletters  how fast jobs run while 100,000 dead ones are retried, beside how fast they run alone
          floor        what Redis and its client can do here: a round trip, and the commands that move a job, bare
          latency      how long one enqueue takes, and until an idle worker, an occurrence and a delayed job start
          micro        the next occurrence of a cron expression: time and allocation
          peers        the same jobs through this library, BullMQ and Sidekiq
          recurring    how late the job of an occurrence, and a delayed job, starts
          startup      the time from the start of a process until its host runs, with 5 and with 500 generated handlers
          throughput   jobs a second: enqueue one, from many callers, in bulk; drain; both at once; with a log on disk

          --smoke      the same code with tiny counts, in seconds: it shows that the suite works, and measures nothing
          --json PATH  where the figures go; else artifacts/benchmarks/<suite>.json
        """);
    return 2;
}
