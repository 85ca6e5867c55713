namespace JobQueue.SourceGeneration.Models;

/// <summary>A type as generated code names it.</summary>
/// <param name="Name">Fully qualified, with nullable annotations.</param>
/// <param name="Plain">Fully qualified, without an annotation at its end: what fits <c>typeof</c>.</param>
/// <param name="AcceptsNull">Whether <see langword="null"/> is one of its values.</param>
/// <param name="IsReference">Whether the runtime would let <see langword="null"/> in all the same.</param>
internal sealed record TypeModel(string Name, string Plain, bool AcceptsNull, bool IsReference);
