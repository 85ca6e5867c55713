using System.Text.Json;
using JobQueue.Diagnostics;
using JobQueue.Enqueueing;
using JobQueue.Handlers;
using JobQueue.Redis;
using Microsoft.Extensions.Options;

namespace JobQueue.Scheduling;

/// <summary>
/// Makes the jobs of recurring jobs, and knows which handlers there are: this process's, and those of live workers. Safe to use from any thread.
/// </summary>
internal sealed class RecurringJobFactory(JobPreparer preparer, HandlerRegistry handlers, RedisCalls calls, IOptions<JobQueueOptions> options, TimeProvider time)
    : IDisposable
{
    private HandlerDirectory? _directory;

    /// <summary>Checks what can only be checked against this process's settings and the handlers there are, and writes the arguments.</summary>
    public async Task<RecurringDefinition> DefineAsync(
        string name, string owner, RecurringDeclaration declaration, Type argsType, CancellationToken cancellationToken)
    {
        RecurringRules.CheckInterval(declaration.Schedule, options.Value.MinRecurringInterval);
        var args = preparer.Serialise(declaration.Handler, argsType, declaration.Args);
        var definition = RecurringDefinition.From(declaration.Handler, owner, declaration.Schedule, args, declaration.Options);
        if (handlers.Find(declaration.Handler) is null)
        {
            var live = await FindLiveAsync(cancellationToken).ConfigureAwait(false);
            if (!live.ContainsKey(declaration.Handler))
            {
                var known = handlers.All.Select(static handler => handler.Name).Concat(live.Keys);
                throw Errors.RecurringHandlerUnknown(name, declaration.Handler, Names.FindNearest(declaration.Handler, known));
            }
        }

        await MakeAsync(name, definition, JobId.New(time.GetUtcNow()), occurrence: null, cancellationToken).ConfigureAwait(false); // Refused now, not at each occurrence.
        return definition;
    }

    /// <summary>Makes a job of one.</summary>
    /// <param name="name">The recurring job.</param>
    /// <param name="definition">Its definition.</param>
    /// <param name="id">The job's id.</param>
    /// <param name="occurrence">What it is for; null when it is run at once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidJobException">It breaks a rule of this process.</exception>
    public async ValueTask<EnqueueItem> MakeAsync(
        string name, RecurringDefinition definition, JobId id, DateTimeOffset? occurrence, CancellationToken cancellationToken)
    {
        var job = new EnqueueOptions { Id = id, Queue = definition.Queue, Priority = definition.Priority };
        if ((job.Queue is null || job.Priority is null) && handlers.Find(definition.Handler) is null)
        {
            await TakeDefaultsOfOthersAsync(definition.Handler, job, cancellationToken).ConfigureAwait(false);
        }

        return preparer.Prepare(definition.Handler, definition.Args, job, copiedFrom: null, (name, occurrence?.ToUnixTimeMilliseconds()));
    }

    public void Dispose() => _directory?.Dispose();

    /// <summary>A process that does not have the handler asks those that have, so that it does not matter which process fires.</summary>
    private async ValueTask TakeDefaultsOfOthersAsync(string handler, EnqueueOptions job, CancellationToken cancellationToken)
    {
        var live = await FindLiveAsync(cancellationToken).ConfigureAwait(false);
        if (live.TryGetValue(handler, out var registered))
        {
            var (queue, priority) = ReadDefaults(registered.Json);
            job.Queue ??= queue;
            job.Priority ??= priority;
        }
    }

    private Task<IReadOnlyDictionary<string, RegisteredHandler>> FindLiveAsync(CancellationToken cancellationToken) => calls.RunAsync(
        "known handlers",
        static async (shard, factory, token) => await factory.DirectoryOver(shard).FindLiveAsync(token).ConfigureAwait(false),
        this,
        cancellationToken);

    private HandlerDirectory DirectoryOver(RedisShard shard)
    {
        if (_directory is { } known)
        {
            return known;
        }

        var made = new HandlerDirectory(handlers, shard, options.Value, time);
        if (Interlocked.CompareExchange(ref _directory, made, null) is { } other)
        {
            made.Dispose();
            return other;
        }

        return made;
    }

    private static (string? Queue, JobPriority? Priority) ReadDefaults(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var queue = document.RootElement.GetProperty("queue").GetString();
            var word = document.RootElement.GetProperty("priority").GetString();
            return (Names.IsValid(queue) ? queue : null, JobPriorities.TryParse(word, out var priority) ? priority : null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return (null, null); // Written by somebody else; the defaults of this process do.
        }
    }
}
