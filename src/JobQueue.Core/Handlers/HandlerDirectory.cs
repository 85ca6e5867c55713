using System.Text;
using System.Text.Json;
using JobQueue.Redis;

namespace JobQueue.Handlers;

/// <summary>
/// Which handlers the fleet knows: each process writes its own into <c>P:handlers</c> when it starts and every hour, and
/// one that meets a name it does not know looks there. Safe to use from any thread.
/// </summary>
internal sealed class HandlerDirectory(HandlerRegistry own, RedisShard shard, JobQueueOptions options, TimeProvider time) : IDisposable
{
    /// <summary>How often a process writes its handlers again.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromHours(1);

    /// <summary>An entry that was not refreshed for this long is no live worker's.</summary>
    private static readonly TimeSpan Live = RefreshInterval * 2;

    /// <summary>How long an answer is used, so that 10,000 jobs of an unknown handler do not cost as many calls.</summary>
    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile Answer? _last;
    private List<(string Name, string Json)>? _described;

    /// <summary>The handlers that live workers know, by name.</summary>
    public async ValueTask<IReadOnlyDictionary<string, RegisteredHandler>> FindLiveAsync(CancellationToken cancellationToken)
    {
        if (_last is { } last && time.GetElapsedTime(last.At) < CacheTime)
        {
            return last.Handlers;
        }

        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_last is not { } other || time.GetElapsedTime(other.At) >= CacheTime)
            {
                _last = await ReadAsync(cancellationToken).ConfigureAwait(false);
            }

            return _last.Handlers;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Writes this process's handlers.</summary>
    public async Task RegisterAsync(CancellationToken cancellationToken)
    {
        var handlers = _described ??= DescribeAll();
        for (var first = 0; first < handlers.Count; first += 500)
        {
            await RegisterHandlersScript.RunAsync(shard, handlers.GetRange(first, Math.Min(500, handlers.Count - first)), cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _reading.Dispose();

    private List<(string Name, string Json)> DescribeAll()
    {
        var handlers = new List<(string, string)>();
        foreach (var handler in own.All)
        {
            var description = Describe(handler);
            handlers.Add((handler.Name, description));
            for (var i = 0; i < handler.Options.Aliases.Count; i++)
            {
                handlers.Add((handler.Options.Aliases[i], description)); // Its jobs run here too, so they are no strangers.
            }
        }

        return handlers;
    }

    private async Task<Answer> ReadAsync(CancellationToken cancellationToken)
    {
        var (now, handlers) = await KnownHandlersScript.RunAsync(shard, cancellationToken).ConfigureAwait(false);
        var live = new SortedDictionary<string, RegisteredHandler>(StringComparer.Ordinal);
        foreach (var handler in handlers)
        {
            if (now - handler.LastSeen < Live.TotalMilliseconds)
            {
                live[handler.Name] = handler;
            }
        }

        return new Answer(live, time.GetTimestamp());
    }

    private string Describe(HandlerRegistration handler)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            var backoff = handler.Options.Backoff ?? options.Backoff;
            writer.WriteStartObject();
            writer.WriteString("queue"u8, handler.Options.Queue ?? JobRecord.DefaultQueue);
            writer.WriteString("priority"u8, (handler.Options.Priority ?? JobPriority.Normal).ToUtf8Word());
            writer.WriteNumber("max_retries"u8, handler.Options.MaxRetries ?? options.MaxRetries);
            writer.WriteNumber("timeout_ms"u8, (long)(handler.Options.Timeout ?? options.Timeout).TotalMilliseconds);
            writer.WriteStartObject("backoff"u8);
            writer.WriteString("type"u8, backoff.BackoffType.ToString());
            writer.WriteNumber("base_ms"u8, (long)backoff.BaseDelay.TotalMilliseconds);
            writer.WriteNumber("max_ms"u8, (long)backoff.MaxDelay.TotalMilliseconds);
            writer.WriteBoolean("jitter"u8, backoff.UseJitter);
            writer.WriteEndObject();
            if (ArgsSchema.Of(handler, options.SerializerOptions) is { } schema)
            {
                writer.WritePropertyName("args_schema"u8);
                writer.WriteRawValue(schema);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private sealed record Answer(IReadOnlyDictionary<string, RegisteredHandler> Handlers, long At);
}
