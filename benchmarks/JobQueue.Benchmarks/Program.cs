using JobQueue.Benchmarks.StartUp;

return args switch
{
    ["startup"] => await StartUpSuite.RunAsync(),
    [StartUpHost.Argument, var assembly, var connectionString] => await StartUpHost.RunAsync(assembly, connectionString),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Usage: dotnet run -c Release --project benchmarks/JobQueue.Benchmarks -- <suite>

          startup   the time from the start of a process until its host runs, with 5 and with 500 generated handlers
        """);
    return 2;
}
