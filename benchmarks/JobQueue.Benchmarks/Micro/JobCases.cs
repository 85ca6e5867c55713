using System.Text.Json;
using JobQueue.Benchmarks.Infrastructure;
using JobQueue.Enqueueing;
using JobQueue.Handlers;
using JobQueue.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace JobQueue.Benchmarks.Micro;

/// <summary>
/// What a job costs besides Redis: to make its record of what a caller asks for, beside serialising its arguments alone; to read the record back,
/// beside reading its bytes as JSON; and to call its handler with its arguments, beside reading those and calling it.
/// </summary>
internal sealed class JobCases : IDisposable
{
    private readonly Report _report;
    private readonly int _calls;
    private readonly ServiceProvider _services;
    private readonly JobPreparer _preparer;
    private readonly HandlerPipeline _pipeline;
    private readonly HandlerRegistration _handler;
    private readonly JsonSerializerOptions _json;
    private readonly JobId _id;
    private readonly byte[] _record;
    private readonly byte[] _args;

    public JobCases(Report report)
    {
        (_report, _calls) = (report, Calls.Count(report));
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddJobQueue(static options => options.ConnectionString = "127.0.0.1") // Nothing connects.
            .AddJobHandler<BenchArgs>(BenchArgs.Handler, static (_, _, _) => Task.CompletedTask);
        _services = services.BuildServiceProvider();
        _json = _services.GetRequiredService<IOptions<JobQueueOptions>>().Value.SerializerOptions;
        _preparer = _services.GetRequiredService<JobPreparer>();
        _pipeline = _services.GetRequiredService<HandlerPipeline>();
        _handler = _services.GetRequiredService<HandlerRegistry>().Find(BenchArgs.Handler)!;
        var item = Prepare();
        (_id, _record) = (item.Id, item.Record);
        _args = JsonSerializer.SerializeToUtf8Bytes(BenchArgs.Usual, _json);
    }

    public (string Name, Func<Task> Measure)[] Cases() =>
    [
        ("serialise", () => Measure("a job to its record, to its arguments alone", () => Prepare(), () => JsonSerializer.SerializeToUtf8Bytes(BenchArgs.Usual, _json))),
        ("read", () => Measure("a record to its job, to reading its bytes", () => JobRecordReader.TryRead(_id, _record, out _), ReadBytes)),
        ("dispatch", DispatchAsync),
    ];

    public void Dispose() => _services.Dispose();

    private EnqueueItem Prepare() => _preparer.Prepare(BenchArgs.Handler, typeof(BenchArgs), BenchArgs.Usual, new EnqueueOptions(), source: null);

    private void ReadBytes()
    {
        var reader = new Utf8JsonReader(_record);
        while (reader.Read())
        {
        }
    }

    private Task DispatchAsync()
    {
        var record = JobRecordReader.TryRead(_id, _record, out _)!;
        var services = new HandlerServices(_services.GetRequiredService<IServiceScopeFactory>(), _json);
        Func<BenchArgs, Task> bare = static _ => Task.CompletedTask;
        return Measure(
            "a context to its handler's end, to its arguments and the call",
            () => _pipeline.RunAsync(new JobContext(record, _handler, services, attempt: 1, maxRetries: 3, startedAt: 0)).GetAwaiter().GetResult(),
            () => bare(JsonSerializer.Deserialize<BenchArgs>(_args, _json)!).GetAwaiter().GetResult());
    }

    private Task Measure(string what, Action part, Action least)
    {
        Calls.Add(_report, what, () => Repeat(part), () => Repeat(least));
        return Task.CompletedTask;
    }

    private void Repeat(Action call)
    {
        for (var i = 0; i < _calls; i++)
        {
            call();
        }
    }
}
