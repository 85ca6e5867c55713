using JobQueue.Benchmarks.DeadLetters;
using JobQueue.Benchmarks.Micro;
using JobQueue.Benchmarks.Recurring;
using JobQueue.Benchmarks.StartUp;

return args switch
{
    ["deadletters"] => await DeadLettersSuite.RunAsync(),
    ["micro"] => MicroSuite.Run(),
    ["recurring"] => await RecurringSuite.RunAsync(),
    ["startup"] => await StartUpSuite.RunAsync(),
    [StartUpHost.Argument, var assembly, var connectionString] => await StartUpHost.RunAsync(assembly, connectionString),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Usage: dotnet run -c Release --project benchmarks/JobQueue.Benchmarks -- <suite>

          deadletters  how fast jobs run while 100,000 dead ones are retried, beside how fast they run alone
          micro      the next occurrence of a cron expression: time and allocation
          recurring  how late the job of an occurrence, and a delayed job, starts
          startup    the time from the start of a process until its host runs, with 5 and with 500 generated handlers
        """);
    return 2;
}
