using System.Text.Json.Nodes;

namespace JobQueue;

/// <summary>Settings of the HTTP API; checked by <c>MapJobQueueApi</c>.</summary>
/// <remarks>Read once when the API is mapped. Not thread-safe.</remarks>
public sealed class JobQueueApiOptions
{
    /// <summary>Whether no endpoint that changes something is mapped. Default: <see langword="false"/>.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>The host's authorization policy for endpoints that only read. Default: none; see <c>MapJobQueueApi</c> for who may call then.</summary>
    public string? ReadPolicy { get; set; }

    /// <summary>The host's authorization policy for endpoints that change something. Default: none.</summary>
    public string? WritePolicy { get; set; }

    /// <summary>
    /// Origins of front ends elsewhere whose browsers may call, such as <c>https://ops.example.com</c>. The host adds their CORS policy with
    /// <c>RequireCors</c>. Default: none.
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>Whether jobs may be enqueued whose handler no live worker has. Default: <see langword="false"/>.</summary>
    public bool AllowUnknownHandlers { get; set; }

    /// <summary>
    /// Takes secrets out of arguments, results, errors, headers and log lines before they leave the host: gets a part and answers what is shown in its place. A job that is
    /// retried with edited arguments keeps the stored value wherever the edited ones show what was answered here. Called from many threads. Default: none.
    /// </summary>
    public Func<RedactionContext, JsonNode?>? Redact { get; set; }

    /// <summary>Largest body of a request, 1 KiB to 64 MiB. Default: 1,048,576 bytes (1 MiB).</summary>
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>Largest body of a bulk enqueue, 1 KiB to 64 MiB. Default: 8,388,608 bytes (8 MiB).</summary>
    public int MaxBatchBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Most jobs of a bulk enqueue, 1 to 100,000. Default: 10,000.</summary>
    public int MaxBatchJobs { get; set; } = 10_000;

    /// <summary>Most requests of this host that wait for results at the same time, 0 to 10,000. Default: 100.</summary>
    public int MaxWaiters { get; set; } = 100;

    /// <summary>Most listeners to events of this host at the same time, 0 to 10,000. Default: 200.</summary>
    public int MaxListeners { get; set; } = 200;

    internal void Validate()
    {
        CheckRange(MaxBodyBytes, 1024, 64 * 1024 * 1024, nameof(MaxBodyBytes));
        CheckRange(MaxBatchBytes, 1024, 64 * 1024 * 1024, nameof(MaxBatchBytes));
        CheckRange(MaxBatchJobs, 1, 100_000, nameof(MaxBatchJobs));
        CheckRange(MaxWaiters, 0, 10_000, nameof(MaxWaiters));
        CheckRange(MaxListeners, 0, 10_000, nameof(MaxListeners));
        foreach (var origin in AllowedOrigins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.GetLeftPart(UriPartial.Authority) != origin || uri.Scheme is not ("http" or "https"))
            {
                throw new InvalidOperationException(
                    $"JobQueueApiOptions.AllowedOrigins holds '{origin}', which is no origin: write scheme, host and port without a path, such as https://ops.example.com.");
            }
        }
    }

    private static void CheckRange(int value, int least, int most, string name)
    {
        if (value < least || value > most)
        {
            throw new InvalidOperationException($"JobQueueApiOptions.{name} is {value}, and must be from {least} to {most}.");
        }
    }
}

/// <summary>Which part of a job <see cref="JobQueueApiOptions.Redact"/> is asked about.</summary>
public enum RedactedPart
{
    /// <summary>The arguments.</summary>
    Args,

    /// <summary>The result.</summary>
    Result,

    /// <summary>The message of an error, or a reason; a JSON string.</summary>
    Error,

    /// <summary>What the caller sent along with the arguments; a JSON object of strings.</summary>
    Headers,

    /// <summary>A line of the log, or the message of a progress report; a JSON string.</summary>
    Log,
}

/// <summary>A part of a job that is about to leave the host.</summary>
/// <param name="JobName">The job's handler.</param>
/// <param name="Part">Which part it is.</param>
/// <param name="Value">Its value, a copy that may be changed and answered; <see langword="null"/> for JSON's null.</param>
public sealed record RedactionContext(string JobName, RedactedPart Part, JsonNode? Value);
