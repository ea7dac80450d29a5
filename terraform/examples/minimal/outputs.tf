output "url" {
  description = "Where the service answers; point the certificate's name to it."
  value       = module.load_balancer.url
}

output "repository_url" {
  description = "Where to push the image."
  value       = module.registry.repository_urls["web"]
}
