namespace JobQueue;

/// <summary>A page of a list of jobs.</summary>
/// <param name="Jobs">The jobs. There can be fewer than were asked for, or none, although more pages follow.</param>
/// <param name="NextCursor">Where the next page begins; <see langword="null"/> after the last.</param>
public sealed record JobPage(IReadOnlyList<Job> Jobs, string? NextCursor);
