# make deploy: this clone, packed and installed, with its units, on this machine. Needs root; starts nothing.
.PHONY: deploy
deploy:
	npm ci --ignore-scripts
	npm pack --pack-destination /tmp
	npm install --global --ignore-scripts --omit=dev --prefix /usr /tmp/kmm-$$(node -p "require('./package.json').version").tgz
	id kmm >/dev/null 2>&1 || useradd --system --home-dir /var/lib/kmm kmm
	id kmm-watchdog >/dev/null 2>&1 || useradd --system --home-dir /var/lib/kmm-watchdog kmm-watchdog
	install -m 0644 deploy/systemd/*.service deploy/systemd/*.timer /etc/systemd/system/
	systemctl daemon-reload
	@echo "Next: deploy/README.md: config, credentials, kmm doctor, then systemctl enable --now kmm kmm-watchdog kmm-backup.timer kmm-status.timer kmm-archive.timer"
