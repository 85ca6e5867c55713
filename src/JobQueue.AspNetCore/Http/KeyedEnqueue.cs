using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace JobQueue.AspNetCore.Http;

/// <summary>
/// Enqueues a job for a request. With an <c>Idempotency-Key</c> the job's id follows from the key, so a repeat finds the job that is there; the hash of what was
/// asked for is kept with the job, so that the same key with another body is refused.
/// </summary>
internal static class KeyedEnqueue
{
    private const string KeyHeader = "Idempotency-Key";
    private const int MaxKeyLength = 255;

    /// <summary>The key of a request; null when it has none.</summary>
    public static string? KeyOf(HttpContext context)
    {
        if (!context.Request.Headers.TryGetValue(KeyHeader, out var values))
        {
            return null;
        }

        var key = values.ToString();
        return values.Count == 1 && key.Length is > 0 and <= MaxKeyLength
            ? key
            : throw ApiProblemException.Invalid(KeyHeader, $"'{KeyHeader}' must be one text of 1 to {MaxKeyLength} characters.");
    }

    /// <returns>The job: as this request has enqueued it, or as it is when an earlier one with the same key has.</returns>
    public static async Task<EnqueuedJob> EnqueueAsync(
        ApiServices api, string name, JsonElement args, Action<EnqueueOptions> configure, string? key, CancellationToken cancellationToken)
    {
        void Configure(EnqueueOptions options)
        {
            configure(options);
            if (key is not null)
            {
                options.Id = IdOf(key);
                options.RequestHash = HashOf(name, args, options);
            }
        }

        var body = args.ValueKind == JsonValueKind.Undefined ? EmptyObject : args;
        var now = api.Time.GetUtcNow();
        try
        {
            var id = await api.Jobs.EnqueueAsync(name, body, Configure, cancellationToken).ConfigureAwait(false);
            return new EnqueuedJob(id, JobState.Pending, now, IsNew: true);
        }
        catch (DuplicateJobException) when (key is not null)
        {
            var options = new EnqueueOptions();
            Configure(options);
            var job = await ReadAsync(api, options.Id!.Value, cancellationToken).ConfigureAwait(false);
            return job.RequestHash == options.RequestHash
                ? new EnqueuedJob(job.Id, job.State, job.CreatedAt, IsNew: false)
                : throw UsedOtherwise(key);
        }
    }

    public static ApiProblemException UsedOtherwise(string key) => ApiProblemException.Invalid(
        KeyHeader, $"The key '{Words.Shorten(key)}' was used for another request. Use a new key for each request, and the same one only to repeat it.");

    /// <summary>Keys of requests are apart from the keys that the host's own code makes ids of.</summary>
    public static JobId IdOf(string key) => JobId.FromKey("http:" + key);

    private static JsonElement EmptyObject { get; } = JsonDocument.Parse("{}").RootElement.Clone();

    private static string HashOf(string name, JsonElement args, EnqueueOptions options)
    {
        var text = new StringBuilder(name).Append('\n').Append(options.Queue).Append('\n').Append(options.Priority).Append('\n').Append(options.Delay).Append('\n')
            .Append(options.ScheduledAt?.ToUnixTimeMilliseconds()).Append('\n').Append(options.MaxRetries).Append('\n').Append(options.Timeout).Append('\n').Append(options.UserId)
            .Append('\n').AppendJoin('\t', options.Tags).Append('\n').Append(args.ValueKind == JsonValueKind.Undefined ? "{}" : args.GetRawText());
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static async Task<Job> ReadAsync(ApiServices api, JobId id, CancellationToken cancellationToken)
        => await api.Jobs.GetAsync(id, cancellationToken).ConfigureAwait(false)
            ?? throw ApiProblemException.NotFound($"Job {id} was enqueued, and is gone already.");
}

/// <summary>What an enqueue has come to.</summary>
internal readonly record struct EnqueuedJob(JobId Id, JobState State, DateTimeOffset CreatedAt, bool IsNew);
