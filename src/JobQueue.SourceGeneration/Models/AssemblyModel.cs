namespace JobQueue.SourceGeneration.Models;

/// <summary>What generated code must know about its assembly.</summary>
/// <param name="Name">The assembly's name as an identifier.</param>
/// <param name="IsPublic">Whether other assemblies are to see the generated methods.</param>
/// <param name="MeetsOthers">Whether a referenced assembly shows its own generated methods here, so that <c>AddJobHandlers</c> alone is ambiguous.</param>
internal sealed record AssemblyModel(string Name, bool IsPublic, bool MeetsOthers);
