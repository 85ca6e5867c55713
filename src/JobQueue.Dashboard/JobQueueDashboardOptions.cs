namespace JobQueue;

/// <summary>Settings of the dashboard; checked by <c>MapJobQueueDashboard</c>.</summary>
/// <remarks>Read once when the dashboard is mapped. Not thread-safe.</remarks>
public sealed class JobQueueDashboardOptions
{
    /// <summary>What the page is called, in its corner and in the browser's tab; 1 to 100 characters. Default: <c>JobQueue</c>.</summary>
    public string Title { get; set; } = "JobQueue";

    /// <summary>
    /// Whether the page shows no actions, and the API that it brings maps no endpoint that changes something. An API of the host's own
    /// (<see cref="ApiPath"/>) has a setting of its own. Default: <see langword="false"/>.
    /// </summary>
    public bool ReadOnly { get; set; }

    /// <summary>
    /// Where the host itself has mapped the API, such as <c>/api/v1</c>: an absolute path without the host's path base. Default: none; the dashboard maps an
    /// API of its own under <c>api</c> beneath itself.
    /// </summary>
    public string? ApiPath { get; set; }

    /// <summary>
    /// Settings of the API that the dashboard brings: policies for reading and writing, what to redact, limits. Its <see cref="JobQueueApiOptions.ReadPolicy"/>
    /// counts for the page too. Not used with <see cref="ApiPath"/>. Default: those of <c>MapJobQueueApi</c>.
    /// </summary>
    public JobQueueApiOptions Api { get; } = new();

    internal void Validate()
    {
        if (Title is not { Length: >= 1 and <= 100 })
        {
            throw new InvalidOperationException($"JobQueueDashboardOptions.Title has {Title?.Length ?? 0} characters, and must have 1 to 100.");
        }

        if (ApiPath is not null && (!ApiPath.StartsWith('/') || ApiPath.StartsWith("//", StringComparison.Ordinal) || ApiPath.Contains('?', StringComparison.Ordinal)))
        {
            throw new InvalidOperationException(
                $"JobQueueDashboardOptions.ApiPath is '{ApiPath}', and must be the path of the host's MapJobQueueApi, beginning with one slash, such as /api/v1.");
        }
    }
}
